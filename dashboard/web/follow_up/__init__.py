"""The customer's page of one order, behind the link of every e-mail: where it is, what is in it, what is left to do.

Whoever has the link has the page: it names neither the customer nor their address.
"""
