/// The two scripts of ``RedisCells``. Neither computes with a number or compares one.
///
/// Both ask the server who it is, inside the script: `run_id` changes when it starts, `master_replid` when it becomes a
/// master or takes over the data of another one. (Also when its first replica comes; that costs a jump, no more.) One
/// alone is not enough: a master that was demoted and failed back keeps its `run_id` while its data went back.
enum CellScripts {
    private static let identify = """
        local replication = redis.call('INFO', 'replication')
        if string.match(replication, 'role:(%a+)') ~= 'master' then
            return redis.error_reply('REPLICA this server is not a master')
        end
        local home = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
            .. '/' .. string.match(replication, 'master_replid:(%x+)')

        """

    /// Keys: what to read. With arguments, the first key is a sorted set; they say where in it to begin and how many
    /// members to answer.
    static let read =
        identify + """
            local keys, members = KEYS, {}
            if ARGV[1] then
                members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', '0', ARGV[2])
                keys = {unpack(KEYS, 2)}
            end
            local values = {}
            if keys[1] then values = redis.call('MGET', unpack(keys)) end
            return {home, values, members}
            """

    /// Arguments: the server that was read from; then for every key what is to be so or to be done, and a value.
    ///
    /// Everything that could refuse comes before the first write. What could refuse later (memory, a disk that is full, too
    /// few replicas) Redis itself asks at the first write of a script.
    static let replace =
        identify + """
            if home ~= ARGV[1] then return redis.status_reply('changed') end
            for i, key in ipairs(KEYS) do
                local what, value = ARGV[2 * i], ARGV[2 * i + 1]
                if what == 'is' or what == 'absent' then
                    local held = redis.call('GET', key)
                    if what == 'is' and held ~= value or what == 'absent' and held then
                        return redis.status_reply('changed')
                    end
                elseif what == 'add' or what == 'remove' then
                    local type = redis.call('TYPE', key)['ok']
                    if type ~= 'zset' and type ~= 'none' then
                        return redis.error_reply('WRONGTYPE a key holds the wrong kind of value')
                    end
                end
            end
            for i, key in ipairs(KEYS) do
                local what, value = ARGV[2 * i], ARGV[2 * i + 1]
                if what == 'set' then redis.call('SET', key, value)
                elseif what == 'delete' then redis.call('DEL', key)
                elseif what == 'add' then redis.call('ZADD', key, '0', value)
                elseif what == 'remove' then redis.call('ZREM', key, value) end
            end
            return redis.status_reply('done')
            """
}
