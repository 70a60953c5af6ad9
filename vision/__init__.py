"""Reading the phone number that a guest writes by hand."""
