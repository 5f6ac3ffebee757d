#ifndef CSQLITE_H
#define CSQLITE_H

/// Whether SQLite leaves the write-ahead log as it is when a connection (a `sqlite3 *`) is closed. Answers an SQLite code.
///
/// `sqlite3_db_config` takes a variable number of arguments, so Swift cannot call it.
int sqlite_keep_log_on_close(void *connection, int is_kept);

#endif
