//! Durable writes: a reader sees the old file or the new one, never a part, also after a power cut.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file that could not be read or written, in words for a person.
#[derive(Debug, Error)]
#[error("cannot {action} {}: {reason}", path.display())]
pub struct StorageError {
    action: &'static str,
    path: PathBuf,
    reason: io::Error,
}

impl StorageError {
    /// The operating system's number for the reason, where it has one.
    pub fn number(&self) -> Option<i32> {
        self.reason.raw_os_error()
    }
}

/// Write to a temporary name, synchronise, rename, synchronise the folder. When it fails the target is
/// as it was, and nothing is left behind.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
    let failed = |reason| StorageError { action: "write", path: path.to_owned(), reason };
    let name = path.file_name().ok_or_else(|| failed(io::Error::other("it has no file name")))?;
    let mut temporary = name.to_owned();
    // Two processes may write the same target; each has a temporary file of its own.
    temporary.push(format!(".{}.partial", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written = write_synchronised(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if let Err(reason) = written {
        // The first failure is the one to report; a partial file that can't be removed has no name we use.
        let _ = fs::remove_file(&temporary);
        return Err(failed(reason));
    }
    synchronise_folder(path).map_err(failed)
}

fn write_synchronised(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn synchronise_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Folders cannot be opened as files elsewhere, and a rename is durable there by itself.
#[cfg(not(unix))]
fn synchronise_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The whole file, refused before it is read when it is larger than any of ours.
pub fn read_file(path: &Path) -> Result<Vec<u8>, StorageError> {
    let failed = |reason| StorageError { action: "read", path: path.to_owned(), reason };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > crate::envelope::MAX_BYTES as u64 {
        return Err(failed(io::Error::other("it is larger than any file of Evolve")));
    }
    fs::read(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("evolve-storage-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_stays() {
        let folder = folder("replace");
        let path = folder.join("a.evo");
        write_file(&path, b"first").unwrap();
        write_file(&path, b"second").unwrap();
        assert_eq!(read_file(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_failure_names_the_file_and_leaves_nothing_behind() {
        let folder = folder("fail");
        let inside = folder.join("missing").join("a.evo");
        let message = write_file(&inside, b"x").unwrap_err().to_string();
        assert!(message.starts_with(&format!("cannot write {}: ", inside.display())), "{message}");
        fs::create_dir(folder.join("taken")).unwrap();
        write_file(&folder.join("taken"), b"x").unwrap_err();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(read_file(&inside).unwrap_err().to_string().starts_with("cannot read "));
        fs::remove_dir_all(folder).unwrap();
    }
}
