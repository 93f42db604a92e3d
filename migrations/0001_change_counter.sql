-- One row: how many writing transactions have changed what pages show. Each of them adds one, which also puts them in order.
CREATE TABLE change_counter (
    id BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL
);

INSERT INTO change_counter (id, revision) VALUES (1, 0);
