"""Every screen of the product, in the order of the sidebar: the one place to add a page."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from db.domain.files import FileKind
from db.domain.permissions import Permission
from db.domain.viewer import Viewer

ROOT = Path(__file__).resolve().parent
PAGES = ROOT.parent / "pages"
LOGO = ROOT / "static" / "logo.svg"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page script, its place in the navigation, and the permission that shows it."""

    script: str
    title: str
    icon: str
    url_path: str
    section: str
    permission: Permission | None = None
    is_listed: bool = True
    #: What sellers call it, where it is their own of what the house has many of.
    sellers_title: str = ""

    def page(self, viewer: Viewer | None = None) -> StreamlitPage:
        """Return the page for ``st.navigation``, which names it for its viewer, and for links to it."""
        is_sellers_own = viewer is not None and viewer.seller_id is not None and self.sellers_title
        return st.Page(
            PAGES / self.script,
            title=self.sellers_title if is_sellers_own else self.title,
            icon=self.icon,
            url_path=self.url_path,
            default=not self.url_path,
            visibility="visible" if self.is_listed else "hidden",
        )


HOME = Screen("home.py", "Accueil", ":material/calendar_month:", "", "Piloter", Permission.READ_ORDERS)
SALES = Screen("sales.py", "Ventes", ":material/monitoring:", "ventes", "Piloter", Permission.READ_CHARTS)
ORDERS = Screen("orders.py", "Commandes", ":material/list_alt:", "commandes", "Vendre", Permission.READ_ORDERS)
ORDER = Screen(
    "order.py", "Commande", ":material/receipt_long:", "commande", "Vendre", Permission.READ_ORDERS, is_listed=False
)
RETURNS = Screen("returns.py", "Retours", ":material/assignment_return:", "retours", "Vendre", Permission.READ_ORDERS)
RETURN = Screen(
    "return.py", "Retour", ":material/assignment_return:", "retour", "Vendre", Permission.READ_ORDERS, is_listed=False
)
IMPORT_ORDERS = Screen(
    "import_orders.py",
    "Importer des commandes",
    ":material/upload_file:",
    "import-commandes",
    "Vendre",
    Permission.ACT_ON_ORDERS,
    is_listed=False,
)
CUSTOMERS = Screen("customers.py", "Clients", ":material/groups:", "clients", "Vendre", Permission.READ_CUSTOMERS)
CUSTOMER = Screen(
    "customer.py", "Client", ":material/person:", "client", "Vendre", Permission.READ_CUSTOMERS, is_listed=False
)
STOCK = Screen("stock.py", "Stock", ":material/inventory:", "stock", "Vendre", Permission.READ_ORDERS)
MAILBOX = Screen("mailbox.py", "Boîte d’envoi", ":material/mail:", "boite-envoi", "Vendre", Permission.READ_MESSAGES)
INVOICES = Screen(
    "invoices.py", "Factures", ":material/request_quote:", "factures", "Finances", Permission.READ_DOCUMENTS
)
VOUCHERS = Screen("vouchers.py", "Bons d’achat", ":material/redeem:", "bons-achat", "Vendre", Permission.READ_CUSTOMERS)
PAYOUTS = Screen(
    "payouts.py", "Reversements", ":material/payments:", "reversements", "Finances", Permission.READ_PAYOUTS
)
PAYOUT_CALENDAR = Screen(
    "payout_calendar.py",
    "Échéancier",
    ":material/event_upcoming:",
    "echeancier",
    "Finances",
    Permission.READ_PAYOUTS,
)
TRANSFERS = Screen(
    # Of all sellers: finance, managers and administrators, who may take any figure out of the house.
    "transfers.py",
    "Virements",
    ":material/send_money:",
    "virements",
    "Finances",
    Permission.EXPORT,
)
PAYOUT = Screen(
    "payout.py",
    "Reversement",
    ":material/payments:",
    "reversement",
    "Finances",
    Permission.READ_PAYOUTS,
    is_listed=False,
)
SELLER_ACCOUNT = Screen(
    "seller_account.py",
    "Comptes vendeurs",
    ":material/account_balance_wallet:",
    "comptes-vendeurs",
    "Finances",
    Permission.READ_PAYOUTS,
    sellers_title="Mon compte vendeur",
)
FEE_INVOICES = Screen(
    "fee_invoices.py", "Commissions", ":material/percent:", "commissions", "Finances", Permission.READ_PAYOUTS
)
REFUNDS = Screen(
    # Of all sellers' customers: finance, managers and administrators, who may take any figure out of the house.
    "refunds.py",
    "Remboursements",
    ":material/currency_exchange:",
    "remboursements",
    "Finances",
    Permission.EXPORT,
)
FILES = Screen(
    "files.py", "Fichiers", ":material/folder_open:", "fichiers-produits", "Finances", Permission.READ_DOCUMENTS
)
EXPORT_SCHEDULES = Screen(
    "export_schedules.py",
    "Exports programmés",
    ":material/schedule_send:",
    "exports-programmes",
    "Finances",
    FileKind.EXPORT.permission,
)
CONTINUITY = Screen(
    "continuity.py",
    "Continuité",
    ":material/fact_check:",
    "continuite",
    "Finances",
    FileKind.CONTINUITY.permission,
)
CONTROL = Screen("control.py", "Contrôle", ":material/rule:", "controle", "Finances", FileKind.CONTINUITY.permission)
CLOSINGS = Screen("closings.py", "Clôtures", ":material/lock:", "clotures", "Finances", FileKind.CONTINUITY.permission)
BALANCES = Screen("balances.py", "Soldes", ":material/balance:", "soldes", "Finances", FileKind.CONTINUITY.permission)
ACCOUNTING = Screen(
    "accounting.py", "Comptabilité", ":material/menu_book:", "comptabilite", "Finances", FileKind.ACCOUNTING.permission
)
DAC7 = Screen("dac7.py", "DAC7", ":material/account_balance:", "dac7", "Finances", FileKind.DAC7.permission)
MESSAGE_TEMPLATES = Screen(
    "message_templates.py",
    "Modèles de messages",
    ":material/quick_phrases:",
    "modeles-messages",
    "Réglages",
    Permission.MESSAGE_CUSTOMERS,
)
EMAIL_TEMPLATES = Screen(
    "email_templates.py",
    "Modèles d’e-mails",
    ":material/edit_note:",
    "modeles-emails",
    "Réglages",
    Permission.MANAGE_SETTINGS,
)
STATUSES = Screen("statuses.py", "Statuts", ":material/label:", "statuts", "Réglages", Permission.MANAGE_SETTINGS)
CARRIERS = Screen(
    "carriers.py", "Transporteurs", ":material/local_shipping:", "transporteurs", "Réglages", Permission.MANAGE_SETTINGS
)
SMS = Screen("sms.py", "SMS", ":material/sms:", "sms", "Réglages", Permission.MANAGE_SETTINGS)
TIMED = Screen(
    "timed.py", "Automatismes", ":material/schedule:", "automatismes", "Réglages", Permission.MANAGE_SETTINGS
)
SELLERS = Screen("sellers.py", "Vendeurs", ":material/store:", "vendeurs", "Réglages", Permission.MANAGE_SETTINGS)
DOCUMENT_SETTINGS = Screen(
    "document_settings.py",
    "Documents",
    ":material/description:",
    "reglages-documents",
    "Réglages",
    Permission.MANAGE_SETTINGS,
)
RETURN_SETTINGS = Screen(
    "return_settings.py",
    "Règles des retours",
    ":material/assignment_return:",
    "reglages-retours",
    "Réglages",
    Permission.MANAGE_SETTINGS,
)
PAYOUT_SETTINGS = Screen(
    "payout_settings.py",
    "Règles de versement",
    ":material/payments:",
    "reglages-reversements",
    "Réglages",
    Permission.MANAGE_SETTINGS,
)
MARKETPLACE = Screen(
    "marketplace.py", "Marketplace", ":material/storefront:", "marketplace", "Réglages", Permission.MANAGE_SETTINGS
)
API = Screen("api.py", "API", ":material/api:", "api", "Réglages", Permission.MANAGE_SETTINGS)
PEOPLE = Screen("people.py", "Équipe", ":material/group:", "equipe", "Réglages", Permission.MANAGE_PEOPLE)
AUDIT = Screen("audit.py", "Journal d’audit", ":material/policy:", "audit", "Réglages", Permission.READ_AUDIT)
TASKS = Screen("tasks.py", "Tâches", ":material/manufacturing:", "taches", "Réglages", Permission.FOLLOW_WORK)
ACCOUNT = Screen("account.py", "Mon compte", ":material/account_circle:", "compte", "Compte")

SCREENS = (
    HOME,
    SALES,
    ORDERS,
    ORDER,
    IMPORT_ORDERS,
    RETURNS,
    RETURN,
    CUSTOMERS,
    CUSTOMER,
    VOUCHERS,
    STOCK,
    MAILBOX,
    INVOICES,
    FEE_INVOICES,
    PAYOUTS,
    PAYOUT_CALENDAR,
    TRANSFERS,
    PAYOUT,
    SELLER_ACCOUNT,
    REFUNDS,
    FILES,
    EXPORT_SCHEDULES,
    CONTROL,
    CLOSINGS,
    CONTINUITY,
    BALANCES,
    ACCOUNTING,
    DAC7,
    MESSAGE_TEMPLATES,
    EMAIL_TEMPLATES,
    SMS,
    STATUSES,
    TIMED,
    CARRIERS,
    RETURN_SETTINGS,
    PAYOUT_SETTINGS,
    SELLERS,
    MARKETPLACE,
    DOCUMENT_SETTINGS,
    API,
    PEOPLE,
    AUDIT,
    TASKS,
    ACCOUNT,
)


def sections(viewer: Viewer) -> dict[str, list[StreamlitPage]]:
    """Return the screens the person may open, by section. Services and queries check again."""
    shown: dict[str, list[StreamlitPage]] = {}
    for screen in SCREENS:
        if screen.permission is None or viewer.may(screen.permission):
            shown.setdefault(screen.section, []).append(screen.page(viewer))
    return shown
