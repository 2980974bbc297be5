-- What an order is called lies in the vault, and its id here. That of orders of before, `huiyin views rebuild` fills in.
ALTER TABLE campaign_view ALTER COLUMN order_no DROP NOT NULL, ALTER COLUMN order_no TYPE uuid USING NULL;
