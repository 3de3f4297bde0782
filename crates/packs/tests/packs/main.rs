//! Packs as the service uses them: built from small databases of our own, installed into a folder,
//! asked, swapped, refused.

mod fixtures;
mod install;
mod look_ups;
mod sources;
mod swap;
