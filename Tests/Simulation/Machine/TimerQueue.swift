/// What is to happen at some time, earliest first; at one time in the order in which it was planned.
struct TimerQueue {
    private struct Timer {
        let time: Duration
        let order: Int
        let action: () -> Void

        func isBefore(_ other: Timer) -> Bool { time == other.time ? order < other.order : time < other.time }
    }

    private var heap: [Timer] = []
    private var count = 0

    /// When the next is due.
    var next: Duration? { heap.first?.time }

    mutating func add(at time: Duration, _ action: @escaping () -> Void) {
        heap.append(Timer(time: time, order: count, action: action))
        count += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> () -> Void {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            if least == parent { return first.action }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeAll() { heap = [] }
}
