using System.Globalization;
using System.Text;
using HaLvs.Linux;

namespace HaLvs.Director.State;

/// <summary>
/// The two numbers that must survive a power cut: the incarnation (+1 before the first message of a life) and the highest epoch this node took.
/// Each in its own file: written, synced, renamed, folder synced. A file that cannot be read is an error, never a zero.
/// </summary>
public sealed class EpochStore : IDisposable
{
    private readonly string _incarnationPath;
    private readonly string _epochPath;
    private readonly FileStream _lock;

    public EpochStore(string directory)
    {
        Directory.CreateDirectory(directory);
        _incarnationPath = Path.Combine(directory, "incarnation");
        _epochPath = Path.Combine(directory, "epoch");
        _lock = TakeLock(Path.Combine(directory, "lock"));
    }

    /// <summary>Raises the incarnation durably and returns it.</summary>
    public ulong NextIncarnation()
    {
        var next = Read(_incarnationPath) + 1;
        Write(_incarnationPath, next);
        return next;
    }

    public ulong ReadEpoch() => Read(_epochPath);

    public void WriteEpoch(ulong epoch)
    {
        if (epoch < Read(_epochPath))
            throw new InvalidOperationException($"epoch {epoch} is lower than the one on disk ({_epochPath}): epochs never go back");
        Write(_epochPath, epoch);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (IsHeldElsewhere(path))
        {
            throw new DirectorStartException($"{path}: another halvs uses this state directory; stop it first or give --state-directory another folder");
        }
    }

    /// <summary>The file is there and can be read, only not alone: somebody holds it.</summary>
    private static bool IsHeldElsewhere(string path)
    {
        try
        {
            using var look = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return File.Exists(path);
        }
    }

    private static ulong Read(string path)
    {
        if (!File.Exists(path))
            return 0;
        var text = File.ReadAllText(path, Encoding.ASCII).Trim();
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        throw new DirectorStartException(
            $"{path}: holds \"{(text.Length > 20 ? text[..20] : text)}\" where a number should stand; write a number into it that is higher than any before "
            + "(epoch: the peer's `halvs status` shows the highest; incarnation: the peer's `halvs status --json` shows ours)");
    }

    private static void Write(string path, ulong number) =>
        DurableFile.Write(path, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n")));
}
