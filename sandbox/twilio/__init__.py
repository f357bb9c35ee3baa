"""SMS and WhatsApp as Twilio serves them: the Messages and Content APIs in, signed forms out."""
