"""What RabbitMQ promises beyond the broker port, and what happens when it does not keep it."""
