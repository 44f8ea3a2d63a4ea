"""The first schema: from a document that is sent to the payment that settles it."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", columns.Utc(), nullable=False),
        sa.Column("actor", columns.Text(), nullable=False),
        sa.Column("role", columns.Text(), nullable=False),
        sa.Column("action", columns.Text(), nullable=False),
        sa.Column("object", columns.Text(), nullable=False),
        sa.Column("outcome", columns.Text(), nullable=False),
        sa.Column("detail", columns.Json(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('ok', 'denied', 'refused')", name=op.f("ck_audit_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_audit_object", "audit", ["object", "id"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("at", columns.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
        sqlite_strict=True,
    )
    op.create_table(
        "gateway_events",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("type", columns.Text(), nullable=False),
        sa.Column("object_id", columns.Text(), nullable=False),
        sa.Column("payload", columns.Json(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", columns.Text(), nullable=True),
        sa.Column("leased_until", columns.Utc(), nullable=True),
        sa.Column("retry_at", columns.Utc(), nullable=True),
        sa.Column("error", columns.Text(), nullable=True),
        sa.Column("received_at", columns.Utc(), nullable=False),
        sa.Column("handled_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'handled', 'ignored', 'unmatched', 'failed')",
            name=op.f("ck_gateway_events_status_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_events")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_gateway_events_received",
        "gateway_events",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("status = 'received'"),
        postgresql_where=sa.text("status = 'received'"),
    )
    op.create_table(
        "search_terms",
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column(
            "term", columns.Text(), nullable=False
        ),
        sa.Column("ref", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invoice', 'customer')", name=op.f("ck_search_terms_kind_known")
        ),
        sa.PrimaryKeyConstraint("kind", "term", "ref", name=op.f("pk_search_terms")),
        sqlite_strict=True,
    )
    op.create_index("ix_search_terms_ref", "search_terms", ["kind", "ref", "term"], unique=False)
    op.create_table(
        "slack_requests",
        sa.Column("key", columns.Text(), nullable=False),
        sa.Column("received_at", columns.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_requests")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_slack_requests_received_at"), "slack_requests", ["received_at"], unique=False
    )
    op.create_table(
        "users",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("email", columns.Text(), nullable=False),
        sa.Column("active", columns.Flag(), nullable=False),
        sa.Column("imported", columns.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_users_email"), "users", ["email"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("billing_address", columns.Text(), nullable=False),
        sa.Column("tax_id", columns.Text(), nullable=False),
        sa.Column("phone", columns.Text(), nullable=False),
        sa.Column("group", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=False),
        sa.Column("payment_links_enabled", columns.Flag(), nullable=False),
        sa.Column("links_disabled_reason", columns.Text(), nullable=False),
        sa.Column("auto_invoice", columns.Flag(), nullable=False),
        sa.Column("sales_rep", columns.Text(), nullable=True),
        sa.Column("preferred_method", columns.Text(), nullable=False),
        sa.Column("locale", columns.Text(), nullable=False),
        sa.Column("imported", columns.Json(), nullable=True),
        sa.CheckConstraint("terms_days >= 0", name=op.f("ck_customers_terms_not_negative")),
        sa.ForeignKeyConstraint(["sales_rep"], ["users.id"], name=op.f("fk_customers_sales_rep")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_customers_name"), "customers", ["name"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("user_id", columns.Text(), nullable=False),
        sa.Column("role", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('Admin', 'Cashier', 'Sales', 'Sales Allocations', 'Sales Manager')",
            name=op.f("ck_user_roles_role_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_roles")),
        sqlite_strict=True,
    )
    op.create_table(
        "contacts",
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("purpose", columns.Text(), nullable=False),
        sa.Column("address", columns.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("refused", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('invoice', 'statement')", name=op.f("ck_contacts_purpose_known")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contacts_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", "purpose", "address", name=op.f("pk_contacts")),
        sqlite_strict=True,
    )
    op.create_table(
        "invoices",
        sa.Column("number", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("order_number", columns.Text(), nullable=False),
        sa.Column("issue_date", columns.Day(), nullable=False),
        sa.Column("due_date", columns.Day(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("po_number", columns.Text(), nullable=False),
        sa.Column("notes", columns.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("net", columns.Minor(), nullable=False),
        sa.Column("tax", columns.Minor(), nullable=False),
        sa.Column("rounding", columns.Minor(), nullable=False),
        sa.Column("total", columns.Minor(), nullable=False),
        sa.Column("allocated", columns.Minor(), nullable=False),
        sa.Column("lifecycle", columns.Text(), nullable=False),
        sa.Column("applies_to", columns.Text(), nullable=True),
        sa.Column("digest", columns.Text(), nullable=False),
        sa.Column("recorded_at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "lifecycle <> 'void' OR allocated = 0", name=op.f("ck_invoices_void_holds_nothing")
        ),
        sa.CheckConstraint(
            "lifecycle IN ('issued', 'void', 'written_off')",
            name=op.f("ck_invoices_lifecycle_known"),
        ),
        sa.CheckConstraint(
            "(total >= 0 AND allocated BETWEEN 0 AND total) OR (total < 0 AND allocated BETWEEN total AND 0)",
            name=op.f("ck_invoices_allocated_within_total"),
        ),
        sa.CheckConstraint("total = net + tax + rounding", name=op.f("ck_invoices_total_adds_up")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_invoices_version_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["applies_to"], ["invoices.number"], name=op.f("fk_invoices_applies_to")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_invoices")),
        sqlite_strict=True,
    )
    op.create_index("ix_invoices_by_age", "invoices", ["issue_date", "number"], unique=False)
    op.create_index(op.f("ix_invoices_customer_id"), "invoices", ["customer_id"], unique=False)
    op.create_index(
        "ix_invoices_open",
        "invoices",
        ["customer_id", "due_date"],
        unique=False,
        sqlite_where=sa.text("lifecycle = 'issued' AND total <> allocated"),
        postgresql_where=sa.text("lifecycle = 'issued' AND total <> allocated"),
    )
    op.create_index(
        "ix_invoices_open_by_age",
        "invoices",
        ["issue_date", "number"],
        unique=False,
        sqlite_where=sa.text("lifecycle = 'issued' AND total <> allocated"),
        postgresql_where=sa.text("lifecycle = 'issued' AND total <> allocated"),
    )
    op.create_index("ix_invoices_order_number", "invoices", ["order_number"], unique=False)
    op.create_table(
        "orders",
        sa.Column("number", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("order_date", columns.Day(), nullable=False),
        sa.Column("po_number", columns.Text(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_table(
        "payment_links",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("subject", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("state", columns.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", columns.Text(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", columns.Text(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("ended_by", columns.Text(), nullable=True),
        sa.Column("ended_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invoice', 'statement', 'bulk')", name=op.f("ck_payment_links_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'off', 'replaced')", name=op.f("ck_payment_links_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payment_links_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_payment_links_token_sha256")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_payment_links_customer_id"), "payment_links", ["customer_id"], unique=False
    )
    op.create_index(
        "uq_payment_links_active_subject",
        "payment_links",
        ["kind", "subject", "key_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "checkout_attempts",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("link_id", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=False),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("method", columns.Text(), nullable=False),
        sa.Column("reference", columns.Text(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("session_id", columns.Text(), nullable=True),
        sa.Column("session_url", columns.Text(), nullable=True),
        sa.Column("session_expires_at", columns.Utc(), nullable=True),
        sa.Column("expire_session", columns.Flag(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=True),
        sa.Column("failure", columns.Text(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("changed_at", columns.Utc(), nullable=False),
        sa.CheckConstraint(
            "status IN ('created', 'open', 'processing', 'paid', 'failed', 'expired', 'superseded')",
            name=op.f("ck_checkout_attempts_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_attempts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_checkout_attempts_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_links.id"], name=op.f("fk_checkout_attempts_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_attempts")),
        sa.UniqueConstraint("session_id", name=op.f("uq_checkout_attempts_session_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_checkout_attempts_customer_id"), "checkout_attempts", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_checkout_attempts_link_id"), "checkout_attempts", ["link_id"], unique=False
    )
    op.create_index(
        "ix_checkout_attempts_live",
        "checkout_attempts",
        ["status"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'open', 'processing')"),
        postgresql_where=sa.text("status IN ('created', 'open', 'processing')"),
    )
    op.create_index(
        "ix_checkout_attempts_to_expire",
        "checkout_attempts",
        ["id"],
        unique=False,
        sqlite_where=sa.text("expire_session"),
        postgresql_where=sa.text("expire_session"),
    )
    op.create_table(
        "credit_applications",
        sa.Column("credit_number", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_applications_amount_positive")),
        sa.ForeignKeyConstraint(
            ["credit_number"],
            ["invoices.number"],
            name=op.f("fk_credit_applications_credit_number"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_credit_applications_invoice_number"),
        ),
        sa.PrimaryKeyConstraint(
            "credit_number", "invoice_number", name=op.f("pk_credit_applications")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_credit_applications_invoice", "credit_applications", ["invoice_number"], unique=False
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", columns.Text(), nullable=False),
        sa.Column("kind", columns.Text(), nullable=False),
        sa.Column("purpose", columns.Text(), nullable=False),
        sa.Column("payload", columns.Json(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("lane", columns.Text(), nullable=True),
        sa.Column("depends_on", sa.Integer(), nullable=True),
        sa.Column("about", sa.Integer(), nullable=True),
        sa.Column("not_before", columns.Utc(), nullable=False),
        sa.Column("retry_at", columns.Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", columns.Utc(), nullable=True),
        sa.Column("setbacks", sa.Integer(), nullable=False),
        sa.Column("lease_token", columns.Text(), nullable=True),
        sa.Column("leased_until", columns.Utc(), nullable=True),
        sa.Column("data_started_at", columns.Utc(), nullable=True),
        sa.Column("ambiguous", sa.Integer(), nullable=False),
        sa.Column("message_id", columns.Text(), nullable=True),
        sa.Column("channel", columns.Text(), nullable=True),
        sa.Column("ts", columns.Text(), nullable=True),
        sa.Column("error", columns.Text(), nullable=True),
        sa.Column("customer_id", columns.Text(), nullable=True),
        sa.Column("invoice_number", columns.Text(), nullable=True),
        sa.Column("link_id", columns.Text(), nullable=True),
        sa.Column("created_by", columns.Text(), nullable=False),
        sa.Column("created_at", columns.Utc(), nullable=False),
        sa.Column("finished_at", columns.Utc(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'email' OR message_id IS NOT NULL",
            name=op.f("ck_deliveries_mail_has_message_id"),
        ),
        sa.CheckConstraint("kind IN ('email', 'slack')", name=op.f("ck_deliveries_kind_known")),
        sa.CheckConstraint(
            "status <> 'sending' OR lease_token IS NOT NULL",
            name=op.f("ck_deliveries_sending_is_leased"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_deliveries_status_known"),
        ),
        sa.ForeignKeyConstraint(["about"], ["deliveries.id"], name=op.f("fk_deliveries_about")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_deliveries_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["depends_on"], ["deliveries.id"], name=op.f("fk_deliveries_depends_on")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_number"], ["invoices.number"], name=op.f("fk_deliveries_invoice_number")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_links.id"], name=op.f("fk_deliveries_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_deliveries_about", "deliveries", ["about"], unique=False)
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_index(
        "ix_deliveries_invoice", "deliveries", ["invoice_number", "created_at"], unique=False
    )
    op.create_index(
        "ix_deliveries_lane",
        "deliveries",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_index(op.f("ix_deliveries_link_id"), "deliveries", ["link_id"], unique=False)
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("description", columns.Text(), nullable=False),
        sa.Column("quantity", columns.Exact(), nullable=False),
        sa.Column("unit", columns.Text(), nullable=False),
        sa.Column("unit_price", columns.Exact(), nullable=False),
        sa.Column("tax_rate", columns.Exact(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("tax", columns.Minor(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_number"], ["invoices.number"], name=op.f("fk_invoice_lines_invoice_number")
        ),
        sa.PrimaryKeyConstraint("invoice_number", "line", name=op.f("pk_invoice_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "payment_link_invoices",
        sa.Column("link_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_payment_link_invoices_invoice_number"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_links.id"], name=op.f("fk_payment_link_invoices_link_id")
        ),
        sa.PrimaryKeyConstraint("link_id", "invoice_number", name=op.f("pk_payment_link_invoices")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_payment_link_invoices_invoice",
        "payment_link_invoices",
        ["invoice_number"],
        unique=False,
    )
    op.create_table(
        "checkout_attempt_lines",
        sa.Column("attempt_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_attempt_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["checkout_attempts.id"],
            name=op.f("fk_checkout_attempt_lines_attempt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_checkout_attempt_lines_invoice_number"),
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "invoice_number", name=op.f("pk_checkout_attempt_lines")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_checkout_attempt_lines_invoice",
        "checkout_attempt_lines",
        ["invoice_number"],
        unique=False,
    )
    op.create_table(
        "delivery_recipients",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("address", columns.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", columns.Text(), nullable=False),
        sa.Column("reply", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('pending', 'sent', 'refused', 'unknown')",
            name=op.f("ck_delivery_recipients_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_recipients_delivery_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "address", name=op.f("pk_delivery_recipients")),
        sqlite_strict=True,
    )
    op.create_table(
        "payments",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("customer_id", columns.Text(), nullable=True),
        sa.Column("currency", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("allocated", columns.Minor(), nullable=False),
        sa.Column("refunded", columns.Minor(), nullable=False),
        sa.Column("disputed", columns.Minor(), nullable=False),
        sa.Column("status", columns.Text(), nullable=False),
        sa.Column("source", columns.Text(), nullable=False),
        sa.Column("method", columns.Text(), nullable=False),
        sa.Column("method_detail", columns.Text(), nullable=False),
        sa.Column("payer_email", columns.Text(), nullable=False),
        sa.Column("reference", columns.Text(), nullable=False),
        sa.Column("statement_descriptor", columns.Text(), nullable=False),
        sa.Column("attempt_id", columns.Text(), nullable=True),
        sa.Column("received_on", columns.Day(), nullable=False),
        sa.Column("expected_by", columns.Day(), nullable=True),
        sa.Column("failure", columns.Text(), nullable=False),
        sa.Column("recorded_at", columns.Utc(), nullable=False),
        sa.Column("digest", columns.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('gateway', 'import', 'staff')", name=op.f("ck_payments_source_known")
        ),
        sa.CheckConstraint(
            "status = 'succeeded' OR allocated = 0",
            name=op.f("ck_payments_only_money_is_allocated"),
        ),
        sa.CheckConstraint(
            "status IN ('processing', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_payments_status_known"),
        ),
        sa.CheckConstraint(
            "allocated + refunded + disputed <= amount",
            name=op.f("ck_payments_parts_within_amount"),
        ),
        sa.CheckConstraint(
            "allocated >= 0 AND refunded >= 0 AND disputed >= 0",
            name=op.f("ck_payments_parts_not_negative"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["checkout_attempts.id"], name=op.f("fk_payments_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_payments_attempt_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_payments_customer_id"), "payments", ["customer_id"], unique=False)
    op.create_index(
        "ix_payments_unapplied",
        "payments",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("status = 'succeeded' AND allocated + refunded + disputed < amount"),
        postgresql_where=sa.text(
            "status = 'succeeded' AND allocated + refunded + disputed < amount"
        ),
    )
    op.create_table(
        "sent_documents",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", columns.Text(), nullable=False),
        sa.Column("trial", columns.Flag(), nullable=False),
        sa.Column("frozen_at", columns.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_sent_documents_delivery_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_sent_documents")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_sent_documents_frozen_at"), "sent_documents", ["frozen_at"], unique=False
    )
    op.create_table(
        "payment_allocations",
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("invoice_number", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_allocations_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_number"],
            ["invoices.number"],
            name=op.f("fk_payment_allocations_invoice_number"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_allocations_payment_id")
        ),
        sa.PrimaryKeyConstraint(
            "payment_id", "invoice_number", name=op.f("pk_payment_allocations")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_payment_allocations_invoice", "payment_allocations", ["invoice_number"], unique=False
    )
    op.create_table(
        "payment_reversals",
        sa.Column("id", columns.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("payment_id", columns.Text(), nullable=False),
        sa.Column("amount", columns.Minor(), nullable=False),
        sa.Column("reversed_on", columns.Day(), nullable=False),
        sa.Column("digest", columns.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_reversals_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_reversals_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", "part", name=op.f("pk_payment_reversals")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_payment_reversals_payment_id"), "payment_reversals", ["payment_id"], unique=False
    )

    _keep_audit_append_only()


def _keep_audit_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )
