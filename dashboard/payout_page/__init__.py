"""The page of one payout, part by part."""
