/// Waits, also in a cancelled task: whoever ends the run early waits for what has to be put right again.
func pause(_ duration: Duration) async {
    await Task.detached {
        do { try await Task.sleep(for: duration) } catch {
            // Nobody cancels this task.
        }
    }.value
}
