//! Being written in this branch; see the modules.
