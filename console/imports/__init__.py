"""Files of creditors: debts and payments in rows, read whatever program wrote them, booked by the existing verbs."""
