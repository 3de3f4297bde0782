//! Data about places and addresses that ships with Muster or is installed beside it: what it says
//! of a point or of an address, never what that means. Rules in `muster_domain::judging` read it.

pub mod polygons;
