"""The owner's page: what guests felt and asked, where orders broke off."""
