//! File systems that are small or read-only.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A small file system of its own, where mounting is permitted.
pub struct Mount(TempDir);

impl Mount {
    pub fn new(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        if mount(directory.path(), &["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]) {
            return Some(Self(directory));
        }
        eprintln!("NOT TESTED: file systems cannot be mounted here");
        None
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

pub fn mount(directory: &Path, options: &[&str]) -> bool {
    let output = Command::new("mount").args(options).arg(directory).output();
    output.is_ok_and(|output| output.status.success())
}

/// Fills a disk of less than a few megabytes to the last byte.
pub fn fill(disk: &Mount) -> PathBuf {
    let ballast = disk.path().join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    let full = loop {
        if let Err(error) = file.write_all(&[1; 512]) {
            break error;
        }
    };
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    ballast
}
