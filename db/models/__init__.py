"""Tables, constraints and relationships. Importing this package knows every table."""

from db.models.access import Person, SavedView, Session, SignInAttempt, SignInLink
from db.models.accounting import AccountingSettings
from db.models.api import ApiRequest, ApiToken
from db.models.audit import AuditAnchor, AuditCheck, AuditEntry, AuditSeal
from db.models.balances import BalanceFinding, LedgerEntry, PointsMovement, StockMovement
from db.models.base import Base
from db.models.carriers import CarrierSetting
from db.models.catalogue import Product, Supplier
from db.models.closing import MonthClosing
from db.models.customers import CustomerNote, PrivacyEntry
from db.models.derived import DailySales, OrderSearch
from db.models.documents import (
    Document,
    DocumentCheck,
    DocumentSeries,
    DocumentSettings,
    DocumentVat,
    DueDocument,
)
from db.models.exports import ExportSchedule
from db.models.fees import FeeDocument, FeeSeries
from db.models.figures import DayControl, DayFigure, MonthFigure, StaleDay
from db.models.files import StoredFile
from db.models.mail import EmailTemplateVersion, MailEvent, MessageTemplate, OutboxMessage
from db.models.orders import Basket, Order, OrderAddress, OrderHistory, OrderLine, Payment
from db.models.parties import Address, Customer, Marketplace, Seller
from db.models.payouts import (
    Payout,
    PayoutEntry,
    PayoutHistory,
    PayoutHold,
    PayoutRun,
    PayoutSettings,
    PayoutSettingsChange,
    TransferBatch,
)
from db.models.returns import Return, ReturnLine, ReturnMessage, ReturnPhoto, ReturnSettings
from db.models.seller_terms import SellerChange, SellerTerms
from db.models.settlements import Settlement, SettlementLine
from db.models.shipments import Shipment, ShipmentLine
from db.models.sms import SmsOptOut, SmsText
from db.models.status_settings import StatusSetting
from db.models.tags import OrderTag, Tag
from db.models.timed import TimedSetting
from db.models.vouchers import Voucher, VoucherUse
from db.models.work import ImportItem, JobRequest, JobRun, Task, TaskItem, Worker

__all__ = [
    "AccountingSettings",
    "Address",
    "ApiRequest",
    "ApiToken",
    "AuditAnchor",
    "AuditCheck",
    "AuditEntry",
    "AuditSeal",
    "BalanceFinding",
    "Base",
    "Basket",
    "CarrierSetting",
    "Customer",
    "CustomerNote",
    "DailySales",
    "DayControl",
    "DayFigure",
    "Document",
    "DocumentCheck",
    "DocumentSeries",
    "DocumentSettings",
    "DocumentVat",
    "DueDocument",
    "EmailTemplateVersion",
    "ExportSchedule",
    "FeeDocument",
    "FeeSeries",
    "ImportItem",
    "JobRequest",
    "JobRun",
    "LedgerEntry",
    "MailEvent",
    "Marketplace",
    "MessageTemplate",
    "MonthClosing",
    "MonthFigure",
    "Order",
    "OrderAddress",
    "OrderHistory",
    "OrderLine",
    "OrderSearch",
    "OrderTag",
    "OutboxMessage",
    "Payment",
    "Payout",
    "PayoutEntry",
    "PayoutHistory",
    "PayoutHold",
    "PayoutRun",
    "PayoutSettings",
    "PayoutSettingsChange",
    "Person",
    "PointsMovement",
    "PrivacyEntry",
    "Product",
    "Return",
    "ReturnLine",
    "ReturnMessage",
    "ReturnPhoto",
    "ReturnSettings",
    "SavedView",
    "Seller",
    "SellerChange",
    "SellerTerms",
    "Session",
    "Settlement",
    "SettlementLine",
    "Shipment",
    "ShipmentLine",
    "SignInAttempt",
    "SignInLink",
    "SmsOptOut",
    "SmsText",
    "StaleDay",
    "StatusSetting",
    "StockMovement",
    "StoredFile",
    "Supplier",
    "Tag",
    "Task",
    "TaskItem",
    "TimedSetting",
    "TransferBatch",
    "Voucher",
    "VoucherUse",
    "Worker",
]
