using Google.Protobuf;
using HaLvs.Director.Loops;
using HaLvs.Director.Runtime.V1;
using HaLvs.Linux;

namespace HaLvs.Director.Runtime;

/// <summary>The run-time table on disk, beside the epoch: replaced whole and durably (<see cref="DurableFile"/>), so that it survives a power cut.</summary>
internal sealed class RuntimeStore(string directory)
{
    private readonly string _path = Path.Combine(directory, "services");

    /// <summary>Null: there is none yet.</summary>
    /// <exception cref="DirectorStartException">The file cannot be read: guessing a service table is worse than asking.</exception>
    public RuntimeSnapshot? Read()
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        try
        {
            return RuntimeSnapshot.From(RuntimeTable.Parser.ParseFrom(File.ReadAllBytes(_path)), DataPlane.Now);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DirectorStartException($"{_path}: cannot be read ({e.Message}); it holds run-time changes of services (ipvsadm). To go on with the "
                + "configuration file alone, move it away");
        }
    }

    /// <exception cref="LinuxException">Not written; the old content stands.</exception>
    public void Write(RuntimeSnapshot snapshot) => DurableFile.Write(_path, snapshot.ToMessage(DataPlane.Now).ToByteArray());
}
