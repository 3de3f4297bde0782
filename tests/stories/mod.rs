//! A story per promise, each told on SQLite and on PostgreSQL, on a clock that is moved.

mod miss;
