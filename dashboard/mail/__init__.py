"""E-mails on the screen: the mailbox, one e-mail, the messages of an order, writing to customers."""
