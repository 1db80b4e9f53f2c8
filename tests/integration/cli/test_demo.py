def test_demo(axis):
    """The demo ends well within a minute, with a line for each thing that happened and every receipt verified."""
    code, shown, message = axis("demo", "--json")
    assert code == 0, message
    assert 18 <= len(shown["lines"]) <= 25
    assert shown["receipts"] > 15
    assert all(line["proof"] for line in shown["lines"])


def test_demo_in_vietnamese(axis):
    """The demo can be told in Vietnamese; the forgery's refusal is always told so."""
    code, shown, _ = axis("demo", "--lang", "vi")
    assert code == 0
    assert "kẻ giả mạo" in shown
    assert "Văn bản đã bị thay đổi sau khi ký" in shown
    assert "đã bị thu hồi" in shown
    assert "đã hết hạn" in shown


def test_demo_on_servers(axis, new_postgresql_url, rabbitmq):
    """The same demo on PostgreSQL and RabbitMQ (`make demo PROFILE=production`), by two processes."""
    code, shown, message = axis("demo", "--json", "--database-url", new_postgresql_url(), "--broker-url", rabbitmq.url)
    assert code == 0, message
    assert shown["receipts"] > 15
