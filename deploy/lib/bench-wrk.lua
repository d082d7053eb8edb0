-- For wrk: one line of JSON with what its report rounds off or leaves out.
done = function(summary, latency, requests)
    local e = summary.errors
    io.write(string.format('{"perSecond": %.0f, "p50": %.3f, "p99": %.3f, "p999": %.3f, "failed": %d}\n',
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000,
        e.connect + e.read + e.write + e.status + e.timeout))
end
