"""Pages: documents as the TIFFs that fax machines exchange, and those as PDFs. Each in a process that can be killed."""
