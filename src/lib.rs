//! Slugline
