using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat.Tests.Roles;

public sealed class TransitionsTests
{
    [Fact]
    public void Table_ActiveIsReachedOnlyThroughTaking() =>
        Assert.Equal([Role.Taking], Transitions.Table.Keys.Where(arrow => arrow.To == Role.Active).Select(arrow => arrow.From));

    [Fact]
    public void Table_ActiveIsLeftOnlyByReleasing() =>
        Assert.Equal([Role.Releasing], Transitions.Table.Keys.Where(arrow => arrow.From == Role.Active).Select(arrow => arrow.To));

    [Fact]
    public void Table_StoppedIsFinalAndPassiveIsOnlyBoot()
    {
        Assert.DoesNotContain(Transitions.Table.Keys, arrow => arrow.From == Role.Stopped);
        Assert.DoesNotContain(Transitions.Table.Keys, arrow => arrow.To == Role.Passive);
    }

    [Fact]
    public void Demand_NotInTable_Throws() =>
        Assert.Throws<InvalidOperationException>(() => Transitions.Demand(Role.Passive, Role.Active, "wish"));
}
