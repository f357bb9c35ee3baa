"""A mail provider: takes the product's mail by SMTP, and delivers people's mail and bounces to the product by SMTP."""
