"""The PRISMA diagram."""
