"""The fast track (科创转化快车道): who takes a technology from the lab to production, hop by hop."""
