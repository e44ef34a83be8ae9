"""Tables, constraints and relationships. Importing this package knows every table."""

from db.models.access import Person, SavedView, Session, SignInAttempt, SignInLink
from db.models.base import Base
from db.models.catalogue import Product, Supplier
from db.models.derived import DailySales, OrderSearch
from db.models.orders import Basket, Order, OrderAddress, OrderHistory, OrderLine, Payment
from db.models.parties import Address, Customer, Marketplace, Seller
from db.models.returns import Return, ReturnLine

__all__ = [
    "Address",
    "Base",
    "Basket",
    "Customer",
    "DailySales",
    "Marketplace",
    "Order",
    "OrderAddress",
    "OrderHistory",
    "OrderLine",
    "OrderSearch",
    "Payment",
    "Person",
    "Product",
    "Return",
    "ReturnLine",
    "SavedView",
    "Seller",
    "Session",
    "SignInAttempt",
    "SignInLink",
    "Supplier",
]
