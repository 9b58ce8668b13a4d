-- Drops what one landing worked with.
DROP TABLE IF EXISTS land_row;
DROP TABLE IF EXISTS land_first;
DROP TABLE IF EXISTS land_odd;
DROP TABLE IF EXISTS land_numbered;
DROP TABLE IF EXISTS land_plan;
DROP TABLE IF EXISTS land_late;
DROP TABLE IF EXISTS land_rendered;
DROP TABLE IF EXISTS land_differs;
DROP TABLE IF EXISTS land_closing;
DROP TABLE IF EXISTS land_link;
DROP TABLE IF EXISTS land_linked;
DROP TABLE IF EXISTS land_unreadable;
DROP TABLE IF EXISTS land_scan;
