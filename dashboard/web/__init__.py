"""What stands beside and before Streamlit: the gate every request passes, the sign-in pages, the health routes."""
