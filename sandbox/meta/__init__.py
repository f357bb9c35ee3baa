"""WhatsApp's Cloud API as Meta serves it: Graph calls in, webhooks out."""
