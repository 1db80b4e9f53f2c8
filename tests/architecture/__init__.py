"""The shape of the code: what no single function can keep true alone. Import arrows are import-linter's."""
