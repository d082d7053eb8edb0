using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>The dialogues that are remembered: a fixed number, taken once. When all are in use the one that was begun first is forgotten.</summary>
internal sealed class FtpDialogues(ConnectionTable connections)
{
    private const int Capacity = 4096;
    private const int CommandCapacity = 1024;
    private readonly FtpDialogue[] _dialogues = GC.AllocateArray<FtpDialogue>(Capacity, pinned: true);
    private readonly Commands[] _commands = GC.AllocateArray<Commands>(CommandCapacity, pinned: true);
    private uint _stamp;

    /// <summary>Index 0 is a dialogue of nobody: nothing is known.</summary>
    public ref FtpDialogue this[int index] => ref _dialogues[index];

    /// <summary>Index of the flow's dialogue, or 0 when it has none (any more).</summary>
    public int Find(int slot)
    {
        ref Flow flow = ref connections[slot];
        int index = flow.Dialogue == 0 ? 0 : IndexOf(flow.Dialogue);
        return index != 0 && _dialogues[index].Owner == slot && _dialogues[index].Stamp == flow.Dialogue ? index : 0;
    }

    /// <summary>Index of the flow's dialogue, begun now if need be.</summary>
    public int FindOrBegin(int slot)
    {
        int index = Find(slot);
        if (index != 0)
        {
            return index;
        }

        do
        {
            _stamp++;
        }
        while (_stamp == 0 || IndexOf(_stamp) == 0);
        index = IndexOf(_stamp);
        _dialogues[index] = default;
        _dialogues[index].Owner = slot;
        _dialogues[index].Stamp = _stamp;
        connections[slot].Dialogue = _stamp;
        return index;
    }

    /// <summary>What its client says, as the server is to read it: only hairpin clients' commands are changed, so there is room for fewer.</summary>
    public ref ReplacedStream CommandsOf(int index)
    {
        uint stamp = _dialogues[index].Stamp;
        ref Commands commands = ref _commands[index % CommandCapacity];
        if (commands.Stamp != stamp)
        {
            commands = default;
            commands.Stamp = stamp;
        }

        return ref commands.Stream;
    }

    private static int IndexOf(uint stamp) => (int)(stamp % Capacity);

    private struct Commands
    {
        public uint Stamp;
        public ReplacedStream Stream;
    }
}
