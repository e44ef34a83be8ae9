"""What is set of how sellers are paid: the account, the controls, the fees' invoices, DAC7; and who changed what."""
