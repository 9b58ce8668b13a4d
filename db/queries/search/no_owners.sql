-- No owner: who only opens the companies file sees no names of the team.
SELECT NULL::VARCHAR AS owner_id, NULL::VARCHAR AS name, NULL::VARCHAR AS email WHERE false
