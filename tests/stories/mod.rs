//! A story per promise, each told on SQLite and on PostgreSQL, on a clock that is moved.

mod audit;
mod audit_drills;
mod away;
mod bad_input;
mod before_the_first_draw;
mod block_conflicts;
mod blocks;
mod calendars;
mod eligibility;
mod future_draw;
mod holders;
mod instances;
mod killed;
mod ladder;
mod mail;
mod miss;
mod plan_files;
mod real_mail;
mod reveal;
mod room_in_browsers;
mod served;
mod stand_by;
mod tamper;
mod two_locks;
mod verified;
mod work_table;
