"""From urgency to lane."""

from routing.values import Lane

#: edXML Priority: 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ (legacy; NĐ 30/2020 knows 1 to 3).
HIGHEST_URGENCY = 4


def lane_of(urgency: int) -> Lane:
    """Return the lane of a package of this edXML Priority, 0 to 4; raise `ValueError` outside.

    Urgent documents are passed on right after receipt, before normal ones (QĐ 28/2018/QĐ-TTg art. 6.2).
    """
    if not 0 <= urgency <= HIGHEST_URGENCY:
        message = f"Priority is 0 to {HIGHEST_URGENCY}, not {urgency}"
        raise ValueError(message)
    return Lane.URGENT if urgency else Lane.NORMAL
