-- One row a code of the code lists that came with the registers.
SELECT scheme, code FROM core.code;
