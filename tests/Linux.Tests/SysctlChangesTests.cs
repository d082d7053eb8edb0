using Xunit.Abstractions;

namespace HaLvs.Linux.Tests;

public sealed class SysctlChangesTests(ITestOutputHelper output)
{
    private const string Key = "net/ipv4/conf/e0/forwarding";

    [Fact]
    public void Restore_AfterChanges_PutsTheFirstValueBack()
    {
        if (!TestNamespace.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        string outside = Sysctl.Read("net/ipv4/ip_forward")!;
        space.Run(() =>
        {
            Sysctl.Write(Key, "0");
            SysctlChanges changes = new();
            Assert.True(changes.Set(Key, "1"));
            Assert.True(changes.Set(Key, "1"));
            Assert.Equal("1", Sysctl.Read(Key));
            Assert.False(changes.Set("net/ipv4/conf/absent0/forwarding", "1"));
            Assert.Equal("0", changes.Originals[Key]);
            Assert.Empty(changes.Restore());
            Assert.Equal("0", Sysctl.Read(Key));
        });
        Assert.Equal(outside, Sysctl.Read("net/ipv4/ip_forward"));
        Assert.Null(Sysctl.Read(Key));
    }

    [Fact]
    public void Adopt_OriginalsOfAPreviousProcess_WinOverWhatStandsThere()
    {
        if (!TestNamespace.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        space.Run(() =>
        {
            Sysctl.Write(Key, "1");
            SysctlChanges changes = new();
            changes.Adopt([new(Key, "0")]);
            changes.Set(Key, "1");
            changes.Restore();
            Assert.Equal("0", Sysctl.Read(Key));
        });
    }
}
