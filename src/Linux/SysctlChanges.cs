namespace HaLvs.Linux;

/// <summary>Sysctls that we changed, with what stood there before, so that <see cref="Restore"/> undoes exactly that.</summary>
public sealed class SysctlChanges
{
    private readonly Dictionary<string, string> _originals = new(StringComparer.Ordinal);

    /// <summary>Key to value before the first change; write it down somewhere safe before the process can die.</summary>
    public IReadOnlyDictionary<string, string> Originals => _originals;

    /// <summary>What a previous process found: these count as the originals, whatever stands there now.</summary>
    public void Adopt(IEnumerable<KeyValuePair<string, string>> originals)
    {
        foreach ((string key, string value) in originals)
            _originals[key] = value;
    }

    /// <summary>Remembers the value and changes nothing yet. False when the key does not exist.</summary>
    public bool Remember(string key)
    {
        if (_originals.ContainsKey(key))
            return true;
        string? before = Sysctl.Read(key);
        if (before is null)
            return false;
        _originals[key] = before;
        return true;
    }

    /// <summary>False when the key does not exist. Writes only when the value differs.</summary>
    public bool Set(string key, string value)
    {
        if (!Remember(key))
            return false;
        if (Sysctl.Read(key) != value)
            Sysctl.Write(key, value);
        return true;
    }

    /// <summary>Puts everything back; a key that went away with its interface is no error. Returns what could not be restored.</summary>
    public IReadOnlyList<string> Restore()
    {
        List<string> failed = [];
        foreach ((string key, string value) in _originals.Reverse())
        {
            try
            {
                if (Sysctl.Read(key) is { } now && now != value)
                    Sysctl.Write(key, value);
            }
            catch (LinuxException error)
            {
                failed.Add(error.Message);
            }
        }

        _originals.Clear();
        return failed;
    }
}
