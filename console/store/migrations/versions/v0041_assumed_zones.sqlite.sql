UPDATE debtor SET timezone = NULL WHERE assumed = 1 AND substr(jurisdiction, 3, 1) = '-'
