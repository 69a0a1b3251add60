"""One module a family of figures; each has `figures(shop, plan)`."""
