"""The account on which a seller is paid: a card for any page that shows the seller, and the dialog that changes it."""
