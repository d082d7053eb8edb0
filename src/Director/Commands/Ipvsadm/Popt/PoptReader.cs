namespace HaLvs.Director.Commands.Ipvsadm.Popt;

/// <summary>
/// Reads words as the popt library (1.19) does for ipvsadm: letters bundle, an argument follows its letter directly, after an equals sign or as the
/// next word; long names stand in full; words that are no options are set aside until the end; "--" ends the options.
/// </summary>
internal sealed class PoptReader(IReadOnlyList<PoptOption> options, IReadOnlyList<string> words)
{
    private readonly List<string> _others = [];
    private int _next;
    private string _bundle = "";
    private bool _optionsEnded;

    /// <summary>Words that are no options, in order; complete when <see cref="TryNext"/> has returned false.</summary>
    public IReadOnlyList<string> Others => _others;

    /// <summary>Null, or why reading stopped: "WORD: reason".</summary>
    public string? Error { get; private set; }

    /// <summary>The word that the last option came from.</summary>
    public string Word => WordAt(_next - 1);

    /// <summary>False at the end and after an error.</summary>
    public bool TryNext(out OptionTag tag, out string? argument)
    {
        (tag, argument) = (default, null);
        string? attached = null;
        PoptOption? option = _bundle.Length > 0 ? TakeLetter(out attached) : TakeWord(out attached);
        if (option is null)
        {
            return false;
        }

        tag = option.Tag;
        return option.Argument == PoptArgument.None ? AcceptsNothing(attached) : TakeArgument(option, attached, out argument);
    }

    private string WordAt(int index) => index >= 0 && index < words.Count ? words[index] : "";

    /// <summary>Sets aside what is no option; then a long option, or the first letter of a bundle.</summary>
    private PoptOption? TakeWord(out string? attached)
    {
        attached = null;
        while (_next < words.Count)
        {
            string word = words[_next++];
            if (_optionsEnded || word.Length < 2 || word[0] != '-')
            {
                _others.Add(word);
            }
            else if (word == "--")
            {
                _optionsEnded = true;
            }
            else if (word[1] == '-')
            {
                return TakeLong(word[2..], out attached);
            }
            else
            {
                _bundle = word[1..];
                return TakeLetter(out attached);
            }
        }

        return null;
    }

    private PoptOption? TakeLong(string text, out string? attached)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        attached = equals < 0 ? null : text[(equals + 1)..];
        string name = equals < 0 ? text : text[..equals];
        return options.FirstOrDefault(o => o.Name == name) ?? Fail("unknown option");
    }

    private PoptOption? TakeLetter(out string? attached)
    {
        char letter = _bundle[0];
        _bundle = _bundle[1..];
        PoptOption? option = options.FirstOrDefault(o => o.Letter == letter && letter != '\0');
        attached = _bundle.Length == 0 || (option is { Argument: PoptArgument.None } && _bundle[0] != '=') ? null : _bundle;
        if (option is { Argument: not PoptArgument.None } && attached is not null)
        {
            _bundle = "";
            attached = attached[0] == '=' ? attached[1..] : attached;
        }

        return option ?? Fail("unknown option");
    }

    private bool AcceptsNothing(string? attached)
    {
        if (attached is null)
        {
            return true;
        }

        Fail("option does not take an argument");
        return false;
    }

    private bool TakeArgument(PoptOption option, string? attached, out string? argument)
    {
        argument = attached;
        if (attached is not null)
        {
            return true;
        }

        bool none = _next == words.Count || (option.Argument == PoptArgument.Optional && WordAt(_next).StartsWith('-'));
        if (none && option.Argument == PoptArgument.Required)
        {
            Fail("missing argument");
            return false;
        }

        argument = none ? null : words[_next++];
        return true;
    }

    private PoptOption? Fail(string reason)
    {
        Error = $"{Word}: {reason}";
        return null;
    }
}
