extension DatabaseSchema {
    /// The tables of a store.
    ///
    /// - `sequences`: the live ones. `changed` is the number of the last change that other nodes must hear of, 0 if there
    ///   was none: reservations leave it alone, so they touch no index.
    /// - `ended`: a tombstone for every life that is over. One for each name would not do: a creation that arrives after
    ///   two deletions must find its own.
    ///
    /// `meta.sequences` counts the live ones, so that they need not be counted.
    static let store = DatabaseSchema(
        title: "an Ordinal store", applicationID: 0x4F72_6473,
        migrations: [
            metaTable + """
                CREATE TABLE sequences (
                    name BLOB NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 255),
                    life BLOB NOT NULL CHECK (length(life) = 16),
                    ceiling INTEGER NOT NULL CHECK (ceiling > -increment AND ceiling <= maximum),
                    origin INTEGER NOT NULL CHECK (origin <= ceiling),
                    home TEXT NOT NULL,
                    stamp INTEGER,
                    recent_size INTEGER NOT NULL CHECK (recent_size >= 0),
                    increment INTEGER NOT NULL,
                    maximum INTEGER NOT NULL,
                    changed INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX sequences_changed ON sequences (changed) WHERE changed > 0;
                CREATE TABLE ended (
                    name BLOB NOT NULL,
                    life BLOB NOT NULL CHECK (length(life) = 16),
                    changed INTEGER NOT NULL,
                    PRIMARY KEY (name, life)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX ended_changed ON ended (changed);
                """
        ])

    /// The table of a journal. `updated` says which entry of a name is the newest.
    static let journal = DatabaseSchema(
        title: "an Ordinal journal", applicationID: 0x4F72_646A,
        migrations: [
            metaTable + """
                CREATE TABLE floors (
                    store BLOB NOT NULL CHECK (length(store) = 16),
                    name BLOB NOT NULL,
                    life BLOB NOT NULL CHECK (length(life) = 16),
                    floor INTEGER NOT NULL,
                    increment INTEGER NOT NULL,
                    maximum INTEGER NOT NULL,
                    recent_size INTEGER NOT NULL CHECK (recent_size >= 0),
                    updated INTEGER NOT NULL,
                    PRIMARY KEY (store, name, life)
                ) STRICT, WITHOUT ROWID;
                """
        ])
}
