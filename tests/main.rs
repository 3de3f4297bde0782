//! The one integration-test binary: stories on the real thing, one file a story.

mod architecture;
mod stories;
mod support;
