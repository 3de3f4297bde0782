//! Typed contexts to rendered text: pages, mails, calendar objects.
//!
//! A template is named by the type that fills it; every type brings samples, and a test renders
//! each of them strictly. Nothing here decides anything: it is told.

mod render;

pub mod calendar_object;
pub mod language;
pub mod mail;
pub mod pages;

pub use render::{RenderError, Renderer, Template, templates};
