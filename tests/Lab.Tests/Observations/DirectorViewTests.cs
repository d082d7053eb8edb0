namespace HaLvs.Lab.Tests.Observations;

public sealed class DirectorViewTests
{
    [Fact]
    public void Parse_StandbyThatIsBlocked_SaysWhy()
    {
        var view = DirectorView.Parse("""
            {"node":"director-b","role":"standby","active":null,"epoch":7,"health":"blocked","blocked":"why and what to do",
             "peer":{"name":"director-a","alive":false,"inSync":true},"links":[{"name":"serial:/dev/ttyS0:115200","state":"down"}]}
            """);
        Assert.Equal(("standby", null, 7UL, "blocked"), (view.Role, view.Active, view.Epoch, view.Health));
        Assert.Equal((false, true, "why and what to do"), (view.PeerAlive, view.InSync, view.Blocked));
        Assert.Equal("down", view.Links["serial:/dev/ttyS0:115200"]);
    }

    [Fact]
    public void Parse_SingleDirector_HasNoPeer()
    {
        var view = DirectorView.Parse("""{"node":"x","role":"active","active":"x","epoch":1,"health":"healthy","links":[]}""");
        Assert.Equal((false, false, null), (view.PeerAlive, view.InSync, view.Blocked));
    }
}
